namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>All hints; the more certain ones first.</summary>
internal static class HintCatalogue
{
    public static readonly IReadOnlyList<IHint> All =
    [
        new SubjectFormatChangedHint(),
        new PlatformAudienceHint(),
        new AudienceArrayHint(),
        new QueueDelayHint(),
        new ClockAheadHint(),
        new TokenReusedHint(),
        new TokenInTwoHandsHint(),
        new UnboundRequestHint(),
        new ActorHint(),
        new IssuerSpellingHint(),
        new NewKeyHint(),
        new PercentEncodedHint(),
        new RunPhaseHint(),
        new ForkOrPullRequestHint(),
        new UnknownPersonHint(),
    ];

    public static IReadOnlyList<Hint> Find(HintFacts facts) =>
        [
            .. All.Select(hint => (hint.Code, Text: hint.Find(facts)))
                .Where(h => h.Text is not null)
                .Select(h => new Hint(h.Code, h.Text!)),
        ];
}
