namespace Culvert.Platform.Health;

/// <summary>A condition for the program to serve now. Evaluated at each request.</summary>
/// <param name="Name">Stable and short, such as <c>platform_certificate</c>.</param>
/// <param name="Evaluate">Null when the condition holds; otherwise the reason, for the operator, without secrets.</param>
public sealed record ReadinessCheck(string Name, Func<CancellationToken, ValueTask<string?>> Evaluate)
{
    /// <summary>True for a condition that operators should know: it is shown but does not affect readiness.</summary>
    public bool IsAdvisory { get; init; }

    /// <summary>
    /// Called when the check fails: true while the program still serves other clients than those in the reason; the
    /// check then does not affect readiness. Null: it always does.
    /// </summary>
    public Func<bool>? IsDegraded { get; init; }

    public static ReadinessCheck Create(string name, Func<string?> evaluate) =>
        new(name, _ => ValueTask.FromResult(evaluate()));
}
