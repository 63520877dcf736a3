#pragma once

/// The normal distribution and its heavy-tailed kin.

namespace foretoken {

/// x with a share `p` of a standard normal below it, 0 < p < 1.
double normal_quantile(double p);

/// Share of Student's distribution with `even_dof` degrees of freedom (2, 4, 6, ...) below x.
double student_cdf(double x, int even_dof);

}  // namespace foretoken
