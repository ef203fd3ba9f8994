using System.Security.Cryptography;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>What an exchange leaves behind so that its assertion is known again, as its issuer's replay mode asks.</summary>
internal sealed class AssertionReplays(Current<FederationOptions> options, AuditLog audit, IJournal journal)
{
    private const int MaxStackChars = 256;

    /// <summary>Null = the issuer's tokens may be exchanged as often as they are valid, or this one cannot be known again.</summary>
    public ReplayMark? CreateMark(AssertionContext context, Grant grant)
    {
        var mode = context.Rule.Issuer.ReplayMode;
        if (mode == ReplayMode.Off || IsExempt(context, mode))
        {
            return null;
        }

        Span<byte> assertion = stackalloc byte[SHA256.HashSizeInBytes];
        var key = CreateKey(context, assertion);
        var tag = ReplayTag.Of(grant, assertion, context.Request.Source.ToString(), context.Now);
        return new ReplayMark(key with { StoredTag = tag.ToArray() }, tag);
    }

    /// <summary>
    /// Whether an assertion that leaves no mark itself was marked by another form of the exchange: what that form promised
    /// to take once is not taken again by this one.
    /// </summary>
    public async ValueTask<bool> WasUsedAsync(AssertionContext context, CancellationToken cancellationToken) =>
        IsExempt(context, context.Rule.Issuer.ReplayMode)
        && await audit.HasUsedAsync(CreateKey(context, new byte[SHA256.HashSizeInBytes]), cancellationToken);

    /// <summary>
    /// Whether a durable use has left the mark already. For a decision that will carry the mark: memory may have forgotten
    /// one that the database, which decides at its commit, still has.
    /// </summary>
    public ValueTask<bool> WasUsedAsync(in ReplayMark mark, CancellationToken cancellationToken) =>
        journal.MayHaveUsed(mark.Key) ? audit.HasUsedAsync(mark.Key, cancellationToken) : new(false);

    /// <param name="use">The durable first use; null = its decision was never written, so it does not count.</param>
    /// <param name="first">What the first use left; default when nothing readable.</param>
    public ReplayVerdict Judge(Issuer issuer, ReplayUse? use, in ReplayTag again, out ReplayTag first)
    {
        first = default;
        return use is { } found && ReplayTag.TryRead(found.Tag.Span, out first)
            ? ReplayPolicy.Judge(
                issuer.ReplayMode,
                first,
                again,
                TimeSpan.FromSeconds(issuer.ReplayWindowSeconds),
                options.Value.ReissueWindow
            )
            : ReplayVerdict.Reused;
    }

    // The compatible interface's promise: single use is a matter of jti, and a token without one may be used again.
    private static bool IsExempt(AssertionContext context, ReplayMode mode) =>
        mode == ReplayMode.SingleUse
        && context.SingleUseId is null
        && context.Request.Form is (ExchangeForm.Json or ExchangeForm.Certificate);

    // Over the signing input, never the token as sent: its encoding is canonical, its signature need not be unique.
    private ReplayKey CreateKey(AssertionContext context, Span<byte> assertion)
    {
        SHA256.HashData(context.Token.SigningInput, assertion);
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        HashKey(context, assertion, key);
        // Remembered until the assertion could not be presented anyway, even if the leeway is raised meanwhile.
        var end = DateTimeOffset.FromUnixTimeSeconds(context.ExpiresAt);
        return new ReplayKey(key, end + FederationOptions.LongestLeeway) { Ends = end };
    }

    // The same jti of another issuer is another assertion. Without jti the assertion itself is the key; the different
    // separators keep the two kinds apart.
    private static void HashKey(AssertionContext context, ReadOnlySpan<byte> assertion, Span<byte> key)
    {
        var issuer = context.Rule.Issuer.Id.Value;
        Span<char> hex = stackalloc char[2 * SHA256.HashSizeInBytes];
        if (context.SingleUseId is null)
        {
            Convert.TryToHexStringLower(assertion, hex, out _);
        }

        var id = context.SingleUseId is { } single ? single : (ReadOnlySpan<char>)hex;
        var length = issuer.Length + 1 + id.Length;
        var text = length <= MaxStackChars ? stackalloc char[MaxStackChars] : new char[length];
        issuer.CopyTo(text);
        text[issuer.Length] = context.SingleUseId is null ? '\0' : '\n';
        id.CopyTo(text[(issuer.Length + 1)..]);
        Sha256Text.Hash(text[..length], key);
    }
}
