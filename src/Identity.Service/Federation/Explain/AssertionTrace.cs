namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>
/// What an evaluation read, step by step. Filled by the evaluator only when a caller needs it; the exchange
/// evaluates without one and, after a denial, once more with one.
/// </summary>
internal sealed class AssertionTrace
{
    private readonly List<TraceStep> steps = [];

    public IReadOnlyList<TraceStep> Steps => steps;

    /// <summary>Evaluated again from the record: what needs the token was proved then, and is not assumed now.</summary>
    public bool IsReproduced { get; init; }

    /// <summary>The header's <c>kid</c>, bounded.</summary>
    public string? KeyId { get; set; }

    /// <summary>How fresh the issuer's keys were.</summary>
    public string? KeyState { get; set; }

    /// <summary>Our clock minus the token's <c>iat</c>, seconds: negative = issued in our future.</summary>
    public long? ClockDeltaSeconds { get; set; }

    /// <summary>The platform's form of <c>sub</c>, by its looks.</summary>
    public string? SubjectFormat { get; set; }

    /// <summary>Conditions of the rule that did not hold.</summary>
    public IEnumerable<TraceCondition> FailedConditions =>
        steps.SelectMany(step => step.Conditions).Where(c => !c.Holds);

    /// <summary>A step failed for a reason that lies outside of the evaluation.</summary>
    public void Fail(string name, string detail) => (steps.Find(step => step.Name == name) ?? Step(name)).Fail(detail);

    /// <summary>The step of that name: the present one, or a new one.</summary>
    public TraceStep Step(string name)
    {
        if (steps is [.., var last] && last.Name == name)
        {
            return last;
        }

        var step = new TraceStep(name);
        steps.Add(step);
        return step;
    }
}
