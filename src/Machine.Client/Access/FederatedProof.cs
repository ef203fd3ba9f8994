using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tokens;

namespace Culvert.Machine.Client.Access;

/// <summary>
/// Automatic mode: the identity provider's token, exchanged for an access token. The access token is kept until
/// shortly before its end, in memory and for the other processes of this user on disk, because the identity token may
/// be good for one exchange only and the enrolment after it may have to be tried twice. Each exchange reads the
/// identity token again.
/// </summary>
public sealed class FederatedProof(
    IdentityOptions options,
    IdentityTokenSource source,
    IdentityClient client,
    TokenCache cache,
    BindingKey binding,
    TimeProvider time
) : IProofSource
{
    // Enough for the enrolment that the token is for.
    private static readonly TimeSpan SpareLife = TimeSpan.FromSeconds(30);

    private readonly string key = TokenCache.Key(
        options.Url.OriginalString,
        options.OrganizationId,
        options.RuleId,
        options.ServiceAccountId,
        options.WorkspaceId,
        binding.Thumbprint
    );

    private AccessToken? kept;

    /// <summary>With the folder that the configuration names, else one under the program's own.</summary>
    public static FederatedProof Create(
        IdentityOptions options,
        IdentityClient client,
        string stateFolder,
        TimeProvider time,
        TimeProvider networkTime
    )
    {
        var folder = GetFolder(options, stateFolder);
        return new FederatedProof(
            options,
            new IdentityTokenSource(options.Token, time),
            client,
            new TokenCache(folder, networkTime),
            BindingKey.LoadOrCreate(folder),
            time
        );
    }

    /// <summary>The key that a program with this state folder binds its tokens to.</summary>
    public static BindingKey CreateBinding(IdentityOptions options, string stateFolder) =>
        BindingKey.LoadOrCreate(GetFolder(options, stateFolder));

    public async Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        if (!fresh && kept is { } last && IsUsable(last))
        {
            return ToProof(last);
        }

        var token = await cache.GetAsync(
            key,
            // What another process got while we waited is as fresh as what we would get.
            found => IsUsable(found) && (!fresh || found.IssuedAt >= asked),
            ExchangeAsync,
            cancellationToken
        );
        if (!token.IsSuccess)
        {
            return token.Failure;
        }

        kept = token.Value;
        return ToProof(token.Value);
    }

    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        if (kept is { } token)
        {
            kept = null;
            await cache.ForgetAsync(key, token, cancellationToken);
        }
    }

    private static string GetFolder(IdentityOptions options, string stateFolder) =>
        options.TokenCache.Length > 0 ? options.TokenCache : Path.Combine(stateFolder, "tokens");

    private bool IsUsable(AccessToken token) => time.GetUtcNow() < token.ExpiresAt - SpareLife;

    private Proof ToProof(AccessToken token) => new(token.Value, token.IsBound ? binding : null);

    private async Task<ApiResult<AccessToken>> ExchangeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var asked = time.GetUtcNow();
            var assertion = await source.ReadAsync(cancellationToken);
            var answer = await client.ExchangeAsync(assertion, binding, cancellationToken);
            return answer.IsSuccess ? AccessToken.From(answer.Value, asked) : Explain(answer.Failure, assertion);
        }
        catch (IdentityTokenException e)
        {
            return new ApiFailure
            {
                Kind = ApiFailureKind.NoProof,
                Operation = "identity token",
                Message = e.Message,
            };
        }
    }

    // The service does not return the reason of a refusal; this method explains what can be checked here.
    private ApiFailure Explain(ApiFailure failure, string assertion)
    {
        if (
            failure.Kind != ApiFailureKind.Refused
            || TokenInspection.Read(assertion) is not { ExpiresAt: { } end }
            || time.GetUtcNow() < end
        )
        {
            return failure;
        }

        return failure with
        {
            Message =
                $"{failure.Message} The token of {source.Name} expired at {end:u}: the job that renews it has stopped.",
        };
    }
}
