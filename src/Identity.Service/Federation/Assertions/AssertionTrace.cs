namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>What an evaluation read, step by step. The exchange evaluates with a trace only after a denial.</summary>
internal sealed class AssertionTrace
{
    private readonly List<TraceStep> steps = [];

    public IReadOnlyList<TraceStep> Steps => steps;

    /// <summary>Evaluated again from the record: checks that need the token passed then, and are not assumed.</summary>
    public bool IsReproduced { get; init; }

    /// <summary>The header's <c>kid</c>, bounded.</summary>
    public string? KeyId { get; set; }

    public string? KeyState { get; set; }

    /// <summary>The service's clock minus the token's <c>iat</c>, in seconds: negative = issued in the future.</summary>
    public long? ClockDeltaSeconds { get; set; }

    /// <summary>The platform's format of <c>sub</c>, recognized by its text.</summary>
    public string? SubjectFormat { get; set; }

    public IEnumerable<TraceCondition> FailedConditions =>
        steps.SelectMany(step => step.Conditions ?? []).Where(c => !c.Holds);

    /// <summary>Fails a step for a reason outside of the evaluation.</summary>
    public void Fail(string name, string detail) => (steps.Find(step => step.Name == name) ?? Step(name)).Fail(detail);

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
