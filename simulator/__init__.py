"""A synthetic generator of AWS IAM Identity Center CloudTrail records."""
