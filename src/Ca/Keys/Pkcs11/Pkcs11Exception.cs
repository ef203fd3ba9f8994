using System.Globalization;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>An HSM refused or failed.</summary>
public sealed class Pkcs11Exception : CryptographicException
{
    internal Pkcs11Exception(string operation, CKR result)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"PKCS#11 {operation} failed: {result} (0x{(ulong)result:x}).")
        )
    {
        // §4.1: the device failed; the handles may live on, but a restarted one has forgotten the login.
        IsDeviceError = result is CKR.CKR_GENERAL_ERROR or CKR.CKR_DEVICE_ERROR;

        // §4.1: the library was finalized by another user of it in this process, the token was reset, or another client
        // logged out for the whole process, which also ends the handles of private objects; or the token is gone.
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

    /// <summary>The HSM refused the PIN; it is not tried again before the next start (S20).</summary>
    public bool IsLoginRefused { get; internal init; }

    /// <summary>
    /// The call timed out after it started; its effect may still happen. A call that never started does not time out.
    /// </summary>
    public bool IsLate { get; internal init; }

    /// <summary>The key may not be used for the requested operation, or the token does not allow it: do not retry.</summary>
    public bool IsPolicyError { get; internal init; }

    /// <summary>
    /// The library knows no token of that name. It learns which there are when it is initialised: one that was re-initialised
    /// meanwhile is found after that.
    /// </summary>
    internal bool IsTokenGone { get; init; }

    /// <summary>Our handles are invalid; the operation can continue with new ones.</summary>
    internal bool IsSessionLost { get; }

    /// <summary>The session is of no use, but its handle is still ours: it can be closed.</summary>
    internal bool IsDeviceError { get; }
}
