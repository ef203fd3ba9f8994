namespace Culvert.Benchmarks.Exchange;

/// <param name="RuleId">The rule that a request names.</param>
/// <param name="Issuer">Who its assertion says it is from.</param>
internal sealed record AssertionTarget(string RuleId, string Issuer);
