using System.Runtime.CompilerServices;
using Culvert.EndToEnd.Tests.Sdk;
using Xunit;

namespace Culvert.EndToEnd.Tests.Callers;

/// <summary>
/// Unmodified OAuth client libraries at the token endpoint. Each test runs the check of its own first word in
/// <c>tests/Peers/callers</c>.
/// </summary>
[Collection(SdkSystemCollection.Name)]
public sealed class CallerTests(SdkSystem system)
{
    [Fact]
    public Task Oauth4webapiDiscovery_FindsEveryEndpoint() => ProveAsync();

    [Fact]
    public Task Oauth4webapiJwtBearer_GetsATokenThatItCanValidateItself() => ProveAsync();

    [Fact]
    public Task Oauth4webapiTokenExchange_NarrowsWithinOneFamily() => ProveAsync();

    [Fact]
    public Task Oauth4webapiRefusals_HaveTheStandardsCodes() => ProveAsync();

    [Fact]
    public Task Oauth4webapiDpop_BoundTokenIsWorthNothingWithoutItsKey() => ProveAsync();

    [Fact]
    public Task Oauth4webapiIntrospection_AnswersWhoMayKnowAndNobodyElse() => ProveAsync();

    [Fact]
    public Task Oauth4webapiRevocation_EndsATokenAtOnce() => ProveAsync();

    [Fact]
    public Task OpenidClientGrants_WorkFromDiscoveryAlone() => ProveAsync();

    [Fact]
    public Task OpenidClientDpop_CallsAndRevokes() => ProveAsync();

    private Task ProveAsync([CallerMemberName] string test = "") =>
        SdkCheck.ProveAsync(
            system,
            test[..test.IndexOf('_', StringComparison.Ordinal)],
            TestContext.Current.CancellationToken
        );
}
