// Jobs to begin with: each runs as it stands, without any code beside it.

export interface Template {
  id: string;
  label: string;
  about: string;
  yaml: string;
}

export const templates: readonly Template[] = [
  {
    id: "hello",
    label: "Hello",
    about: "The smallest job: one command.",
    yaml: `type: command
experiment_name: hello
command: echo "Hello from $AZUREML_RUN_ID"
environment: azureml:AzureML-Minimal@latest
compute: local
`,
  },
  {
    id: "iris",
    label: "Iris",
    about: "Trains a classifier with scikit-learn, logs metrics and keeps a model.",
    yaml: `type: command
experiment_name: iris
command: |
  python - <<'PYTHON'
  import os, pickle
  from azureml.core import Run
  from sklearn.datasets import load_iris
  from sklearn.linear_model import SGDClassifier
  from sklearn.model_selection import train_test_split

  run = Run.get_context()
  train_x, test_x, train_y, test_y = train_test_split(*load_iris(return_X_y=True), random_state=0)
  model = SGDClassifier(loss="log_loss", alpha=0.01, random_state=0)
  for epoch in range(30):
      model.partial_fit(train_x, train_y, classes=[0, 1, 2])
      run.log("accuracy", model.score(test_x, test_y))
  os.makedirs("outputs", exist_ok=True)
  with open("outputs/model.pkl", "wb") as file:
      pickle.dump(model, file)
  PYTHON
environment:
  conda_file:
    dependencies:
      - python>=3.9
      - pip
      - pip:
          - scikit-learn>=1.3,<2
compute: local
`,
  },
  {
    id: "sweep",
    label: "Sweep",
    about: "Searches two parameters for the least loss, and gives up early on poor trials.",
    yaml: `type: sweep
experiment_name: first-sweep
trial:
  command: |
    python - <<'PYTHON'
    import math, os, time
    from azureml.core import Run

    run = Run.get_context()
    rate = float(os.environ["AZUREML_SWEEP_rate"])
    depth = int(os.environ["AZUREML_SWEEP_depth"])
    for step in range(10):
        run.log("loss", (math.log10(rate) + 2) ** 2 + 0.1 * abs(depth - 4) + math.exp(-step / 3))
        time.sleep(0.1)
    PYTHON
  environment: azureml:AzureML-Minimal@latest
compute: local
search_space:
  rate: {type: loguniform, min_value: -9, max_value: -1}
  depth: {type: choice, values: [2, 4, 8]}
objective:
  primary_metric: loss
  goal: minimize
sampling_algorithm: bayesian
early_termination: {type: median_stopping, evaluation_interval: 1, delay_evaluation: 3}
limits:
  max_total_trials: 12
  max_concurrent_trials: 2
`,
  },
];
