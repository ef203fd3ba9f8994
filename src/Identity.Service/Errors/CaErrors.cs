using Culvert.Ca.Refusals;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Errors;

/// <summary>Maps the certificate core's refusals to the service's error format; nothing else does.</summary>
internal static class CaErrors
{
    private static readonly Dictionary<string, ErrorCode> Codes = CaErrorCodes.All.ToDictionary(
        code => code.Code,
        Translate
    );

    public static IReadOnlyList<ErrorCode> All { get; } =
    [.. Codes.Values.Where(code => code != RequestErrors.Invalid && code != RequestErrors.TooLarge)];

    public static ErrorCode SecretInInput => Codes[CaErrorCodes.CaSecretInInput.Code];

    public static ErrorCode SignerUnavailable => Codes[CaErrorCodes.SignerUnavailable.Code];

    /// <summary>How long to wait before retrying a signer that did not answer.</summary>
    public static readonly TimeSpan SignerRetryAfter = TimeSpan.FromSeconds(1);

    public static Refusal ToRefusal(this CaRefusal refusal) =>
        Codes[refusal.Code.Code].Refuse(refusal.Message) with
        {
            RetryAfter = refusal.Code == CaErrorCodes.SignerUnavailable ? SignerRetryAfter : null,
        };

    /// <summary>Adds what the input is, if it is not PEM of certificates.</summary>
    public static CaRefusal Explain(this CaRefusal refusal, string pem)
    {
        var isTooLarge = refusal.Code == CaErrorCodes.RequestTooLarge;
        return (isTooLarge || refusal.Code == CaErrorCodes.CaMalformed) && CertificateText.Explain(pem) is { } advice
            ? refusal with
            {
                Message = isTooLarge ? $"{refusal.Message} {advice}" : advice.ToString(),
            }
            : refusal;
    }

    /// <summary>For paths of the wire-compatible interface, where a refused CA always answers 400 (design §11).</summary>
    public static Refusal ToCompatibleRefusal(this CaRefusal refusal)
    {
        var code = Codes[refusal.Code.Code];
        return (code with { Status = 400 }).Refuse(refusal.Message);
    }

    private static ErrorCode Translate(CaErrorCode code)
    {
        if (code == CaErrorCodes.RequestInvalid)
        {
            return RequestErrors.Invalid;
        }

        return code == CaErrorCodes.RequestTooLarge
            ? RequestErrors.TooLarge
            : new ErrorCode(code.Code, code.Status, code.Meaning, code.Cause, code.NextStep);
    }
}
