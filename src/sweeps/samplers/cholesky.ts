// Symmetric positive definite matrices, row by row in one array: factor, solve, invert.

/** Replaces the lower triangle of `matrix` by its factor L with L · Lᵀ = matrix; false where there is none. */
export function factorize(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const rowI = i * size;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * size;
      let sum = matrix[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[rowI + k]! * matrix[rowJ + k]!;
      if (i !== j) matrix[rowI + j] = sum / matrix[rowJ + j]!;
      else if (sum > 0) matrix[rowI + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** x becomes L⁻¹ · x. */
export function solveLower(factor: Float64Array, size: number, x: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= factor[row + k]! * x[k]!;
    x[i] = sum / factor[row + i]!;
  }
}

/** x becomes L⁻ᵀ · x. */
export function solveUpper(factor: Float64Array, size: number, x: Float64Array): void {
  for (let i = size - 1; i >= 0; i--) {
    const row = i * size;
    const solved = x[i]! / factor[row + i]!;
    x[i] = solved;
    for (let k = 0; k < i; k++) x[k]! -= factor[row + k]! * solved;
  }
}

/** The lower triangle of (L · Lᵀ)⁻¹. */
export function invert(factor: Float64Array, size: number): Float64Array {
  // Row i of `rows` is column i of L⁻¹, so that the products below run along rows.
  const rows = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = i * size;
    rows[row + i] = 1 / factor[row + i]!;
    for (let j = i + 1; j < size; j++) {
      const factorRow = j * size;
      let sum = 0;
      for (let k = i; k < j; k++) sum -= factor[factorRow + k]! * rows[row + k]!;
      rows[row + j] = sum / factor[factorRow + j]!;
    }
  }
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < size; k++) sum += rows[i * size + k]! * rows[j * size + k]!;
      inverse[i * size + j] = sum;
    }
  }
  return inverse;
}
