using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Everything passes. An objection only explains why a record has no name.</summary>
internal sealed class RecordMode(TimeProvider time) : ModeStrategy(time)
{
    /// <summary>After this time a body is not awaited for its record: the call continues without a recorded name.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // The plan for all answers: their bytes are only counted.
    private readonly AnswerPlan counting = new(
        new MessageFilter(RoutePolicy.Off.Rules, default, hasLists: false, isModern: false),
        Enforces: false,
        HasLists: false,
        LooksForAsks: false,
        long.MaxValue,
        time
    );

    public override string Name => "record";

    public override bool Judges => false;

    public override string Describe(Objection objection) => "allow";

    public override ValueTask<bool> ObjectAsync(PolicyCall call, Objection objection) => new(true);

    public override AnswerPlan PlanAnswer(PolicyCall call) => counting;
}
