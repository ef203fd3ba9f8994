namespace Culvert.Identity.Service.OAuthClients;

internal enum RegisteredBy
{
    Administrator,

    /// <summary>The program registered itself (RFC 7591). Its name and redirect URIs are its own choice.</summary>
    Client,
}
