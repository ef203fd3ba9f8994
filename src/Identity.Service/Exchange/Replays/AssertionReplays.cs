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

/// <summary>Marks exchanges so that a second use of an assertion is recognized, as the replay mode requires.</summary>
internal sealed class AssertionReplays(Current<FederationOptions> options, AuditLog audit, IJournal journal)
{
    private const int MaxStackChars = 256;

    /// <summary>Null if the issuer allows unlimited use, or nothing identifies the assertion.</summary>
    public ReplayMark? CreateMark(AssertionContext context, Grant grant)
    {
        var mode = context.Rule.Issuer.ReplayMode;
        if (mode == ReplayMode.Off || IsExempt(context, mode))
        {
            return null;
        }

        Span<byte> assertion = stackalloc byte[SHA256.HashSizeInBytes];
        var key = CreateKey(context, assertion);
        var tag = ReplayTag.Create(grant, assertion, context.Request.Source.ToString(), context.Now);
        return new ReplayMark(key with { StoredTag = tag.ToArray() }, tag);
    }

    /// <summary>
    /// Whether another form of the exchange marked an assertion that leaves no mark in this form: a form with single
    /// use is not undone by a form without.
    /// </summary>
    public async ValueTask<bool> WasUsedAsync(AssertionContext context, CancellationToken cancellationToken) =>
        IsExempt(context, context.Rule.Issuer.ReplayMode)
        && await audit.HasUsedAsync(CreateKey(context, new byte[SHA256.HashSizeInBytes]), cancellationToken);

    /// <summary>
    /// Whether a durable use has left the mark. For a decision that will carry the mark: memory may have forgotten a
    /// mark that the database, which decides at the commit, still has.
    /// </summary>
    public ValueTask<bool> WasUsedAsync(in ReplayMark mark, CancellationToken cancellationToken) =>
        journal.MayHaveUsed(mark.Key) ? audit.HasUsedAsync(mark.Key, cancellationToken) : new(false);

    /// <param name="use">The durable first use; null if its decision was never written, so it does not count.</param>
    /// <param name="first">What the first use left; default if it is not readable.</param>
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

    // The compatible interface bases single use on jti: a token without jti may be used again.
    private static bool IsExempt(AssertionContext context, ReplayMode mode) =>
        mode == ReplayMode.SingleUse
        && context.SingleUseId is null
        && context.Request.Form is (ExchangeForm.Json or ExchangeForm.Certificate);

    /// <summary>The key of an assertion that is good for one use, whatever the issuer's record says.</summary>
    public ReplayKey CreateKey(AssertionContext context) => CreateKey(context, stackalloc byte[SHA256.HashSizeInBytes]);

    // Hashes the signing input, not the token as sent: its encoding is canonical, while a signature need not be unique.
    private ReplayKey CreateKey(AssertionContext context, Span<byte> assertion)
    {
        SHA256.HashData(context.Token.SigningInput, assertion);
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        HashKey(context, assertion, key);
        // The mark is kept until the assertion has expired even if the leeway is raised in the meantime.
        var end = DateTimeOffset.FromUnixTimeSeconds(context.ExpiresAt);
        return new ReplayKey(key, end + FederationOptions.LongestLeeway) { Ends = end };
    }

    // The same jti of another issuer is another assertion. Without jti the assertion itself is the key; different
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
