using Culvert.Identity.Service.OAuthClients;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

/// <summary>The keys of <c>authorization</c> about clients that a metadata document describes.</summary>
internal static class ClientDocumentSection
{
    private const string Hosts = "client_documents";
    private const int MaxHosts = 256;

    public static OAuthClientOptions Read(ConfigSection authorization)
    {
        var hosts = authorization.Strings(Hosts);
        if (hosts.Count > MaxHosts || !hosts.All(ClientDocumentUrls.IsPattern))
        {
            authorization.Error(
                Hosts,
                $"The value must be a list of at most {MaxHosts} hosts in lower case.",
                "Write hosts, *.example.com for all names below a domain, or * for every host: [client.example.com]."
            );
        }

        return new OAuthClientOptions
        {
            DocumentHosts = hosts,
            DocumentNetworks = authorization.Ranges("client_document_networks"),
            Registration = DynamicRegistrationSection.Read(authorization.Section(DynamicRegistrationSection.Key)),
        };
    }
}
