namespace Culvert.Platform.Identity;

/// <summary>
/// Automatic mode: the identity provider's token, exchanged for an access token. The access token is kept in memory
/// until shortly before its end, because the identity token may be good for one exchange only and the enrolment after
/// it may have to be tried twice.
/// </summary>
public sealed class FederatedProof(IdentityTokenSource source, IdentityClient client, TimeProvider time) : IProofSource
{
    // Enough for the enrolment that the token is for.
    private static readonly TimeSpan SpareLife = TimeSpan.FromSeconds(30);

    private (Proof Proof, DateTimeOffset UsableUntil)? kept;

    public async Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && kept is { } last && time.GetUtcNow() < last.UsableUntil)
        {
            return last.Proof;
        }

        var asked = time.GetUtcNow();
        var exchanged = await ExchangeAsync(cancellationToken);
        if (!exchanged.IsSuccess)
        {
            return exchanged.Failure;
        }

        var proof = new Proof(exchanged.Value.AccessToken);
        kept = (proof, asked + TimeSpan.FromSeconds(exchanged.Value.ExpiresIn) - SpareLife);
        return proof;
    }

    public void Forget() => kept = null;

    private async Task<ApiResult<Wire.TokenResponse>> ExchangeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.ExchangeAsync(await source.ReadAsync(cancellationToken), cancellationToken);
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
}
