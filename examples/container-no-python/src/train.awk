# Logistic regression by stochastic gradient descent: versicolor or virginica, from four measures of a flower.
BEGIN { FS = ","; epochs = 200; rate = 0.05 }
NR > 1 && $5 != "setosa" {
  n++
  for (i = 1; i <= 4; i++) { x[n, i] = $i; sum[i] += $i; squares[i] += $i * $i }
  y[n] = ($5 == "virginica")
}
function likely(row,   score, i) {
  score = w[0]
  for (i = 1; i <= 4; i++) score += w[i] * x[row, i]
  return 1 / (1 + exp(-score))
}
END {
  for (i = 1; i <= 4; i++) {
    mean = sum[i] / n
    spread = sqrt(squares[i] / n - mean * mean)
    for (row = 1; row <= n; row++) x[row, i] = (x[row, i] - mean) / spread
  }
  for (epoch = 1; epoch <= epochs; epoch++) {
    loss = 0; seen = 0
    for (row = 1; row <= n; row++) {
      if (row % 5 == 0) continue
      p = likely(row)
      loss -= log(y[row] ? p : 1 - p); seen++
      w[0] += rate * (y[row] - p)
      for (i = 1; i <= 4; i++) w[i] += rate * (y[row] - p) * x[row, i]
    }
    if (epoch % 50 == 0) printf "epoch %d: loss %.4f\n", epoch, loss / seen > "/dev/stderr"
  }
  for (row = 5; row <= n; row += 5) { tested++; right += ((likely(row) > 0.5) == y[row]) }
  printf "accuracy %.3f on %d flowers that it had not seen\n", right / tested, tested
  for (i = 0; i <= 4; i++) printf "weight %d: %.4f\n", i, w[i]
}
