using System.Security.Authentication;

namespace Culvert.Testing;

/// <summary>Expects that a peer refuses a TLS connection.</summary>
public static class TlsRefusal
{
    /// <summary>
    /// Returns the refusal, or throws where the peer did not refuse. A client sees the peer's alert, or that the
    /// connection closed before the alert arrived: either is a refusal, any other exception is not.
    /// </summary>
    public static async Task<Exception> ExpectAsync(Func<Task> connect)
    {
        try
        {
            await connect();
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return refused;
        }

        throw new InvalidOperationException("The peer did not refuse the TLS connection.");
    }
}
