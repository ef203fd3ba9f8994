using System.Globalization;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;

namespace Culvert.Ca.Keys.Pkcs11;

public sealed class Pkcs11Exception : CryptographicException
{
    internal Pkcs11Exception(string operation, CKR result)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"PKCS#11 {operation} failed: {result} (0x{(ulong)result:x}).")
        )
    {
        // §4.1: the device failed; handles may still be valid, but a restarted device has forgotten the login.
        IsDeviceError = result is CKR.CKR_GENERAL_ERROR or CKR.CKR_DEVICE_ERROR;

        // §4.1: another user finalized the library, the token was reset or removed, or another client logged out for the
        // whole process, which also invalidates the handles of private objects.
        IsSessionLost =
            IsDeviceError
            || result
                is CKR.CKR_DEVICE_REMOVED
                    or CKR.CKR_TOKEN_NOT_PRESENT
                    or CKR.CKR_CRYPTOKI_NOT_INITIALIZED
                    or CKR.CKR_SESSION_HANDLE_INVALID
                    or CKR.CKR_SESSION_CLOSED
                    or CKR.CKR_USER_NOT_LOGGED_IN
                    or CKR.CKR_KEY_HANDLE_INVALID
                    or CKR.CKR_OBJECT_HANDLE_INVALID;
        IsPolicyError = result is CKR.CKR_ATTRIBUTE_READ_ONLY or CKR.CKR_ACTION_PROHIBITED;
        IsLoginRefused =
            result
                is CKR.CKR_PIN_INCORRECT
                    or CKR.CKR_PIN_INVALID
                    or CKR.CKR_PIN_LEN_RANGE
                    or CKR.CKR_PIN_LOCKED
                    or CKR.CKR_USER_PIN_NOT_INITIALIZED;
    }

    internal Pkcs11Exception(string message)
        : base(message) { }

    /// <summary>The HSM refused the PIN; it is not tried again before a restart (S20).</summary>
    public bool IsLoginRefused { get; internal init; }

    /// <summary>The call timed out after it started, so it may still have an effect.</summary>
    public bool IsLate { get; internal init; }

    /// <summary>The key must not be used for the operation, or the token forbids it: do not retry.</summary>
    public bool IsPolicyError { get; internal init; }

    /// <summary>
    /// The library knows no token with that label. It reads the tokens at initialisation, so a token that was re-initialised
    /// since then is found only after a new initialisation.
    /// </summary>
    internal bool IsTokenGone { get; init; }

    /// <summary>Our handles are invalid; retry with new ones.</summary>
    internal bool IsSessionLost { get; }

    /// <summary>The session is unusable, but its handle is still ours, so it can be closed.</summary>
    internal bool IsDeviceError { get; }
}
