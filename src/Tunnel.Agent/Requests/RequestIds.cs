using System.Security.Cryptography;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Makes the ids of the answers that the agent makes itself, for the caller and the log.</summary>
internal static class RequestIds
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Next() => "req_01" + RandomNumberGenerator.GetString(Base62, 22);
}
