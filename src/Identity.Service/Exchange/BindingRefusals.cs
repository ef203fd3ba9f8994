using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Binding;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Refusals of a proof of possession at the token endpoint (RFC 9449 §5, §8).</summary>
internal static class BindingRefusals
{
    private static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(1);

    public static Refusal ToRefusal(BindingError error) =>
        error switch
        {
            BindingError.NonceRequired => BindingErrors.NonceRequired.Refuse(),
            BindingError.Busy => BindingErrors.Busy.Refuse() with { RetryAfter = BusyRetryAfter },
            _ => BindingErrors.InvalidProof.Refuse(),
        };
}
