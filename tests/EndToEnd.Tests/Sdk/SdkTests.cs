using System.Runtime.CompilerServices;
using Xunit;

namespace Culvert.EndToEnd.Tests.Sdk;

/// <summary>
/// What the unmodified SDK must find. Each test runs the check that its first word names; the numbers are those of the
/// interoperability list, the assertions are in <c>tests/Peers/sdk</c>.
/// </summary>
[Collection(SdkSystemCollection.Name)]
public sealed class SdkTests(SdkSystem system)
{
    [Fact]
    public Task Idp_RealTokenOfTheIdentityProvider_DrivesTunnelsThroughOneExchange() => ProveAsync();

    [Fact]
    public Task I01_FederationConfigAlone_IsOneExchangeAndOneCallToThisHost() => ProveAsync();

    [Fact]
    public Task I02_ServiceAccountId_IsOptionalAndAWrongOneIsOpaquelyDenied() => ProveAsync();

    [Fact]
    public Task I03_SeveralWorkspaces_NeedANameUnlessTheDefaultIsAmongThem() => ProveAsync();

    [Fact]
    public Task I04_TwentyParallelCalls_ShareOneExchange() => ProveAsync();

    [Fact]
    public Task I05_ExpiresIn_IsAtMostTwiceTheAssertionsRestAndNeverBelowAMinute() => ProveAsync();

    [Fact]
    public Task I06_RevokedToken_CostsOneExchangeAndOneRetry() => ProveAsync();

    [Fact]
    public Task I07_SameAssertionTwice_IsDeniedOnlyWithAJtiThatIsChecked() => ProveAsync();

    [Fact]
    public Task I08_AssertionAbove16KiB_IsRefusedOnBothSides() => ProveAsync();

    [Fact]
    public Task I09_EveryBadAssertion_GetsTheSame401AndAReasonOfItsOwnInTheHistory() => ProveAsync();

    [Fact]
    public Task I10_DeniedExchange_ShowsStatusAndRequestIdAndNothingElse() => ProveAsync();

    [Fact]
    public Task I11_PagedList_IsCompleteNewestFirstAndItsCursorOpaque() => ProveAsync();

    [Fact]
    public Task I12_UnknownTunnel_IsNotFoundWithARequestId() => ProveAsync();

    [Fact]
    public Task I13_ArchivedTunnel_StaysAsItIsWithItsCertificatesAndGivesNoToken() => ProveAsync();

    [Fact]
    public Task I14_RotatedToken_EnrolsNobodyAnewAndCutsNobodyOff() => ProveAsync();

    [Fact]
    public Task I15_PostsWithoutBody_AreAccepted() => ProveAsync();

    [Fact]
    public Task I16_DefectiveCaCertificates_AreBadRequestsThatNameTheRule() => ProveAsync();

    [Fact]
    public Task I17_ThirdAndDuplicateAndLastCa_EndAsDocumented() => ProveAsync();

    [Fact]
    public Task I18_AdminKey_WorksInEitherHeaderAndAWrongScopeIsPermissionDenied() => ProveAsync();

    [Fact]
    public Task I19_WorkspaceOfOneCall_MayNarrowAndTellsNothingElse() => ProveAsync();

    [Fact]
    public Task I20_AnswerLost_TheRepeatMakesNoSecondTunnel() => ProveAsync();

    [Fact]
    public Task I22_RulesThatAdmitTooMuch_AreBadRequestsAndATakenNameIsOneConflict() => ProveAsync();

    [Fact]
    public Task I23_ArchivedRule_EndsExchangesAndTokensAndAUsedIssuerStays() => ProveAsync();

    [Fact]
    public Task I24_WithResponse_ShowsRequestOrganizationAndWorkspace() => ProveAsync();

    [Fact]
    public Task Tunnels_WholeLife_WorksThroughTheSdk() => ProveAsync();

    [Fact]
    public Task Federation_AdminKeyAsApiKey_ManagesIssuersRulesAndServiceAccounts() => ProveAsync();

    [Fact]
    public Task Memberships_RoundTripAndRoleChange_TakeEffectAtOnce() => ProveAsync();

    [Fact]
    public Task RuleWorkspaces_AddedAndRemovedTwice_RoundTrip() => ProveAsync();

    [Fact]
    public Task FederatedClientMayNotAdminister_AnyFederationObject_IsPermissionDenied() => ProveAsync();

    private Task ProveAsync([CallerMemberName] string test = "") =>
        SdkCheck.ProveAsync(
            system,
            test[..test.IndexOf('_', StringComparison.Ordinal)],
            TestContext.Current.CancellationToken
        );
}
