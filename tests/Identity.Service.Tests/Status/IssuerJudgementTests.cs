using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Status.Checks;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Doctor;
using Culvert.Platform.Issuers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Status;

public sealed class IssuerJudgementTests
{
    private static readonly DateTimeOffset FetchedAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Issuer issuer = new KeyCacheBench().Issuer;

    [Theory]
    [InlineData(KeyState.StaleOk, false, DoctorStatus.Warn, "its keys of 2026-01-01 00:00:00Z are still accepted")]
    [InlineData(
        KeyState.Degraded,
        true,
        DoctorStatus.Warn,
        "of its keys of 2026-01-01 00:00:00Z only those in use are accepted"
    )]
    [InlineData(
        KeyState.Degraded,
        false,
        DoctorStatus.Fail,
        "of its keys of 2026-01-01 00:00:00Z only those in use are accepted"
    )]
    [InlineData(KeyState.Empty, false, DoctorStatus.Fail, "it has no keys, and its tokens are refused")]
    public void Judge_FailedFetches_IsWorstWithoutAKeyThatServes(
        KeyState state,
        bool areInUse,
        DoctorStatus expected,
        string kept
    )
    {
        var found = Judge(IssuerControl.None, state, areInUse, "The last 3 fetches")!;

        found.Status.ShouldBe(expected);
        found.Subject.ShouldBe(issuer.Id.Value);
        found.Summary.ShouldBe($"The last 3 fetches of the keys of issuer {Name} failed; {kept}. jwks.url: away.");
        found.Next.ShouldBe(["next"]);
    }

    [Fact]
    public void Judge_Paused_SaysWhyAndHowToResume()
    {
        var found = Judge(new IssuerControl(null, FetchedAt), KeyState.Fresh, areInUse: false, "The last 9 fetches")!;

        found.Summary.ShouldBe(
            $"The keys of issuer {Name} are not fetched since 2026-01-01 00:00:00Z, after too many failures; "
                + "its keys of 2026-01-01 00:00:00Z are still accepted. jwks.url: away."
        );
        found.Next.Single().ShouldEndWith($"culvert issuer resume {issuer.Id.Value}");
    }

    [Fact]
    public void Judge_NothingFailed_IsNull() =>
        Judge(IssuerControl.None, KeyState.Fresh, areInUse: false, failed: null).ShouldBeNull();

    private string Name => $"{issuer.Name} ({issuer.Id.Value})";

    private DoctorFinding? Judge(IssuerControl control, KeyState state, bool areInUse, string? failed) =>
        IssuerJudgement.Judge(
            issuer,
            control,
            CachedKeyStatus.From(state, FetchedAt, areInUse),
            failed,
            failed is null ? null : "jwks.url: away.",
            "next"
        );
}
