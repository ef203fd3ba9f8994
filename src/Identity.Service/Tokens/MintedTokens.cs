namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// The tokens that this node has just signed, by their digest. Most access tokens are used right after their exchange,
/// often once: having created a signature proves as much as verifying it, which is expensive.
/// </summary>
/// <remarks>
/// Separate from tokens that clients presented: however many are minted, a token in use stays cached. A token whose
/// record was not committed is in this cache but known to no client.
/// </remarks>
internal sealed class MintedTokens
{
    private readonly VerifiedTokens recent = new();

    public void Add(ReadOnlySpan<byte> token, VerifiedToken minted) => recent.Add(VerifiedTokens.Digest(token), minted);

    public VerifiedToken? Find((UInt128, UInt128) digest) => recent.Find(digest);
}
