namespace Culvert.Identity.Service.Console.Shared;

/// <summary>Commands for the machine of an agent or an edge, as pages show them for copying.</summary>
internal static class MachineCommands
{
    /// <summary>Fetches the platform's root and prints its fingerprint, which a person compares (S7).</summary>
    /// <param name="url">Of the service.</param>
    public static string FetchRoot(string url) =>
        $"curl --silent --insecure {url}/v1/platform_ca | jq --raw-output .certificate_pem >/etc/culvert/platform-ca.pem\nopenssl x509 -in /etc/culvert/platform-ca.pem -noout -fingerprint -sha256";
}
