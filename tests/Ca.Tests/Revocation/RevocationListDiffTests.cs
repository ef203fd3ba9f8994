using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Revocation;

public sealed class RevocationListDiffTests : IDisposable
{
    private static readonly RevokedEntry First = RevocationLists.Entry();
    private static readonly RevokedEntry Second = RevocationLists.Entry();

    private readonly TestAuthority authority = new();

    [Fact]
    public void Check_MoreEntriesAndGreaterNumber_Passes() =>
        Check(List(7, 0, First), List(8, 1, First, Second)).ShouldBeNull();

    [Theory]
    [InlineData(7)]
    [InlineData(6)]
    public void Check_NumberThatDoesNotGrow_IsRefused(long number) =>
        Check(List(7, 0, First), List(number, 1, First))!.Code.ShouldBe(CaErrorCodes.CrlNumberBackwards);

    [Fact]
    public void Check_OlderThanThePresentOne_IsRefused() =>
        Check(List(7, 1, First), List(8, 0, First))!.Code.ShouldBe(CaErrorCodes.CrlNumberBackwards);

    [Fact]
    public void Check_UnexpiredEntryVanished_IsRefused() =>
        Check(List(7, 0, First, Second), List(8, 1, First))!.Code.ShouldBe(CaErrorCodes.CrlEntryVanished);

    // It must have been on one list made after the certificate's last second.
    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, true)]
    public void Check_ExpiredEntry_MayLeaveAfterOneListBeyondItsEnd(int secondsAfterList, bool passes)
    {
        var end = TestAuthority.Now.AddSeconds(secondsAfterList);

        (Check(List(7, 0, First), List(8, 1), _ => end) is null).ShouldBe(passes);
    }

    [Fact]
    public void Check_DateThatMoved_IsRefused() =>
        Check(List(7, 0, First), List(8, 1, First with { RevokedAt = First.RevokedAt.AddMinutes(1) }))!
            .Code.ShouldBe(CaErrorCodes.CrlEntryVanished);

    [Fact]
    public void Check_ReasonMadeWorse_Passes() =>
        Check(
                List(7, 0, First with { Reason = RevocationReason.Superseded }),
                List(8, 1, First with { Reason = RevocationReason.KeyCompromise })
            )
            .ShouldBeNull();

    public void Dispose() => authority.Dispose();

    private static CaRefusal? Check(
        ParsedRevocationList earlier,
        ParsedRevocationList later,
        Func<string, DateTimeOffset?>? ends = null
    ) => RevocationListDiff.Check(earlier, later, ends ?? (_ => null));

    private ParsedRevocationList List(long number, int hours, params RevokedEntry[] entries) =>
        RevocationLists.Sign(
            authority,
            RevocationLists.Order(authority, entries) with
            {
                Number = number,
                ThisUpdate = TestAuthority.Now.AddHours(hours),
            }
        );
}
