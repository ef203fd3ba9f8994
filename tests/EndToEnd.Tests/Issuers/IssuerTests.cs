using System.Runtime.CompilerServices;
using Culvert.EndToEnd.Tests.Sdk;
using Xunit;

namespace Culvert.EndToEnd.Tests.Issuers;

/// <summary>
/// Tokens as real identity providers make them: oidc-provider with its keys changed under way, and the platforms'
/// claim shapes from signers of our own (<c>tests/Peers/issuers</c>).
/// </summary>
[Collection(SdkSystemCollection.Name)]
public sealed class IssuerTests(SdkSystem system)
{
    [Fact]
    public Task KubernetesProjected_IsReusedAndPinnedByUid() => ProveAsync();

    [Fact]
    public Task GithubActions_MatchesBothSubjectFormatsAndNoLookAlike() => ProveAsync();

    [Fact]
    public Task GitlabCi_RetriesOfOneJobWorkAndForksDoNot() => ProveAsync();

    [Fact]
    public Task SpiffeSvid_BelongsToItsTrustDomainWithoutAnIssuer() => ProveAsync();

    [Fact]
    public async Task Idp_KeysReplacedMidRun_NextTokenIsAccepted()
    {
        await ProveAsync();

        await system.ReplaceProviderKeysAsync(TestContext.Current.CancellationToken);

        await ProveAsync();
    }

    private Task ProveAsync([CallerMemberName] string test = "") =>
        SdkCheck.ProveAsync(
            system,
            test[..test.IndexOf('_', StringComparison.Ordinal)],
            TestContext.Current.CancellationToken
        );
}
