using System.Security.Cryptography;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// The PIN's one attempt per start of the program (S20): an HSM counts wrong ones and locks itself. One that was
/// accepted may be used again after a lost session.
/// </summary>
internal sealed class Pkcs11Login(Pkcs11Settings settings)
{
    private volatile Pkcs11Exception? refused;

    /// <exception cref="Pkcs11Exception">It was refused before.</exception>
    public void ThrowIfRefused()
    {
        if (refused is { } fault)
        {
            throw fault;
        }
    }

    /// <exception cref="Pkcs11Exception">It is refused, cannot be read, or the HSM failed.</exception>
    public void Run(Pkcs11Library library, ulong session)
    {
        ThrowIfRefused();
        var pin = ReadPin();
        try
        {
            library.Login(session, pin);
        }
        catch (Pkcs11Exception fault) when (fault.IsLoginRefused)
        {
            // Any other failure gives no information about the PIN.
            refused = fault;
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private byte[] ReadPin()
    {
        try
        {
            return System.Text.Encoding.UTF8.GetBytes(settings.ReadPin());
        }
        catch (Exception fault) when (fault is not Pkcs11Exception)
        {
            // A secret's file that is gone, or whatever the configuration reads it from. Never the PIN itself.
            throw new Pkcs11Exception($"The HSM's PIN cannot be read ({fault.GetType().Name}).");
        }
    }
}
