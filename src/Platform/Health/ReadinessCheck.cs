namespace Culvert.Platform.Health;

/// <summary>One thing that must be so for the program to do its job now. Evaluated again at each request.</summary>
/// <param name="Name">Stable and short, such as <c>platform_certificate</c>.</param>
/// <param name="Evaluate">Null when it is so; otherwise why not, for the operator, without secrets.</param>
public sealed record ReadinessCheck(string Name, Func<CancellationToken, ValueTask<string?>> Evaluate)
{
    /// <summary>True for what an operator should know although the program does its job: it is shown and does not count.</summary>
    public bool IsAdvisory { get; init; }

    /// <summary>
    /// Asked when the check fails: true while the program still does its job for others than those that the reason names; the
    /// check is then shown and does not count. Null: it always counts.
    /// </summary>
    public Func<bool>? IsDegraded { get; init; }

    /// <summary>A check that needs no waiting.</summary>
    public static ReadinessCheck Create(string name, Func<string?> evaluate) =>
        new(name, _ => ValueTask.FromResult(evaluate()));
}
