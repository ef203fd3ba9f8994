namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// What this node has signed a moment ago, by its digest. Most access tokens are used right after their exchange, often
/// once: having made a signature says as much of it as verifying it, which is dear.
/// </summary>
/// <remarks>
/// Apart from those that others presented: however many are minted, a token that is in use stays known. A token whose
/// record was not committed is known here and to no client.
/// </remarks>
internal sealed class MintedTokens
{
    private readonly VerifiedTokens recent = new();

    public void Add(ReadOnlySpan<byte> token, VerifiedToken minted) => recent.Add(VerifiedTokens.Digest(token), minted);

    public VerifiedToken? Find((UInt128, UInt128) digest) => recent.Find(digest);
}
