using Culvert.Identity.Service.Federation.Exchange;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// What the checks of one exchange have found so far. A check may rely on what stands before it in
/// <see cref="AssertionChecks"/>.
/// </summary>
internal sealed class AssertionContext(ExchangeRequest request, CompiledRule rule, DateTimeOffset now)
{
    public ExchangeRequest Request => request;

    public CompiledRule Rule => rule;

    public DateTimeOffset Now => now;

    /// <summary>Set by <see cref="TokenIsWellFormed"/>; believed only once <see cref="IsProven"/>.</summary>
    public SignedToken Token { get; set; } = null!;

    /// <summary>Set by <see cref="KeyIsKnown"/>.</summary>
    public VerificationKey Key { get; set; } = null!;

    /// <summary>The signature holds: from here on claims are the issuer's word, and a denial is audited.</summary>
    public bool IsProven { get; set; }

    /// <summary>Set by <see cref="TimesHold"/>, seconds since 1970.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>Set by <see cref="SubjectIsPresent"/>.</summary>
    public string? Subject { get; set; }

    /// <summary>Set by <see cref="TokenIdIsUsable"/>; null = not checked for replay.</summary>
    public string? SingleUseId { get; set; }

    /// <summary>Set by <see cref="WorkspaceIsCovered"/>.</summary>
    public string? WorkspaceId { get; set; }
}
