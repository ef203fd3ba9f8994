using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Mail;

/// <summary>The relay that takes the service's mail (<c>mail</c>).</summary>
internal sealed record MailOptions
{
    /// <summary>The relay's name, as its certificate has it; empty = no mail.</summary>
    public string Host { get; init; } = "";

    public int Port { get; init; } = 587;

    public MailTls Tls { get; init; } = MailTls.StartTls;

    /// <summary>PEM: the only roots that vouch for the relay; empty = those of the system.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Empty = the relay takes mail without authentication.</summary>
    public string Username { get; init; } = "";

    public SecretReference? Password { get; init; }

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "";

    /// <summary>Domains that receive mail, in lower case: an organization cannot send it anywhere else.</summary>
    public IReadOnlyList<string> RecipientDomains { get; init; } = [];

    /// <summary>Per address. Beyond it, one summary is sent for the minute that follows.</summary>
    public int PerMinute { get; init; } = 5;

    public bool IsConfigured => Host.Length > 0;

    public bool IsRecipient(string address) =>
        MailAddressText.IsAddress(address)
        && RecipientDomains.Contains(
            address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..].ToLowerInvariant()
        );
}
