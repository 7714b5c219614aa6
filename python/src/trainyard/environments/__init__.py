"""What a job runs with: packages, images, variables."""
