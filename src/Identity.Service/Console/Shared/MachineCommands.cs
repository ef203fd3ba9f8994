namespace Culvert.Identity.Service.Console.Shared;

internal static class MachineCommands
{
    /// <summary>Downloads the platform's root and prints its fingerprint for comparison by a person (S7).</summary>
    public static string FetchRoot(string url) =>
        $"curl --silent --insecure {url}/v1/platform_ca | jq --raw-output .certificate_pem >/etc/culvert/platform-ca.pem\nopenssl x509 -in /etc/culvert/platform-ca.pem -noout -fingerprint -sha256";
}
