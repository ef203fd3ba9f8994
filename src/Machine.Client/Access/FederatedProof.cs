using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tokens;

namespace Culvert.Machine.Client.Access;

/// <summary>
/// Automatic mode: exchanges the identity provider's token for an access token, or sends it in a request that does the
/// exchange itself. The access token is cached in memory and on disk for the user's other processes, because the
/// identity token may be valid for one exchange only. Each exchange reads the identity token again.
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
    // The error code of a service that does not accept assertions here. It did not read the body: the assertion is unused.
    private const string NoCredential = "auth.missing";

    // Covers the enrolment that the token is used for.
    private static readonly TimeSpan SpareLife = TimeSpan.FromSeconds(30);

    private readonly string key = TokenCache.Key(
        options.Url.OriginalString,
        options.OrganizationId,
        options.RuleId,
        options.ServiceAccountId,
        options.WorkspaceId,
        binding.Thumbprint
    );

    private AccessToken? cached;

    /// <summary>Uses the cache folder of the configuration, or else a folder under <paramref name="stateFolder"/>.</summary>
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

    /// <summary>The key to which a program with this state folder binds its tokens.</summary>
    public static BindingKey CreateBinding(IdentityOptions options, string stateFolder) =>
        BindingKey.LoadOrCreate(GetFolder(options, stateFolder));

    public async Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        if (!fresh && cached is { } last && IsUsable(last))
        {
            return ToProof(last);
        }

        var token = await cache.GetAsync(
            key,
            // A token that another process obtained during the wait is as fresh as a new one.
            found => IsUsable(found) && (!fresh || found.IssuedAt >= asked),
            ExchangeAsync,
            cancellationToken
        );
        if (!token.IsSuccess)
        {
            return token.Failure;
        }

        cached = token.Value;
        return ToProof(token.Value);
    }

    public async Task<ApiResult<T>> UseAsync<T>(
        bool fresh,
        Func<Proof, Task<ApiResult<T>>> send,
        CancellationToken cancellationToken
    )
        where T : class
    {
        // Processes that share a folder share one exchange, because the identity token may not be valid for a second one.
        var isShared = options.TokenCache.Length > 0;
        if (!isShared && (fresh || await FindCachedAsync(cancellationToken) is null))
        {
            var direct = await SendAssertionAsync(send, cancellationToken);
            if (direct.Failure?.Code != NoCredential)
            {
                return direct;
            }
        }

        var proof = await GetAsync(fresh, cancellationToken);
        return proof.IsSuccess ? await send(proof.Value) : proof.Failure;
    }

    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        if (cached is { } token)
        {
            cached = null;
            await cache.ForgetAsync(key, token, cancellationToken);
        }
    }

    private static string GetFolder(IdentityOptions options, string stateFolder) =>
        options.TokenCache.Length > 0 ? options.TokenCache : Path.Combine(stateFolder, "tokens");

    private bool IsUsable(AccessToken token) => time.GetUtcNow() < token.ExpiresAt - SpareLife;

    private Proof ToProof(AccessToken token) => new(token.Value, token.IsBound ? binding : null);

    private async Task<AccessToken?> FindCachedAsync(CancellationToken cancellationToken) =>
        cached is { } last && IsUsable(last) ? last : await cache.FindAsync(key, IsUsable, cancellationToken);

    private async Task<ApiResult<AccessToken>> ExchangeAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        var answer = await WithAssertionAsync(
            assertion => client.ExchangeAsync(assertion, binding, cancellationToken),
            cancellationToken
        );
        return answer.IsSuccess ? AccessToken.From(answer.Value, asked) : answer.Failure;
    }

    private Task<ApiResult<T>> SendAssertionAsync<T>(
        Func<Proof, Task<ApiResult<T>>> send,
        CancellationToken cancellationToken
    )
        where T : class =>
        WithAssertionAsync(assertion => send(new Proof(assertion, binding) { IsAssertion = true }), cancellationToken);

    private async Task<ApiResult<T>> WithAssertionAsync<T>(
        Func<string, Task<ApiResult<T>>> use,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            var assertion = await source.ReadAsync(cancellationToken);
            var answer = await use(assertion);
            return answer.IsSuccess ? answer : Explain(answer.Failure, assertion);
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

    // The service does not return the reason of a refusal. This method explains what can be checked locally.
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
