using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Mail;

internal sealed record MailOptions
{
    /// <summary>The relay's name, as in its certificate; empty = no mail.</summary>
    public string Host { get; init; } = "";

    public int Port { get; init; } = 587;

    public MailTls Tls { get; init; } = MailTls.StartTls;

    /// <summary>PEM: the only trusted roots for the relay; empty = the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Empty = the relay does not require authentication.</summary>
    public string Username { get; init; } = "";

    public SecretReference? Password { get; init; }

    public string From { get; init; } = "";

    /// <summary>The domains that may receive mail, in lower case: organizations cannot send mail to other domains.</summary>
    public IReadOnlyList<string> RecipientDomains { get; init; } = [];

    /// <summary>Per address. Above it, one summary is sent for the following minute.</summary>
    public int PerMinute { get; init; } = 5;

    public bool IsConfigured => Host.Length > 0;

    public bool IsRecipient(string address) =>
        MailAddressText.IsAddress(address)
        && RecipientDomains.Contains(
            address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..].ToLowerInvariant()
        );
}
