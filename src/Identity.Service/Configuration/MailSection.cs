using Culvert.Identity.Service.Mail;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class MailSection
{
    private const string StartTls = "starttls";
    private const string Implicit = "implicit";

    public static MailOptions Read(ConfigSection mail)
    {
        var host = mail.String("host");
        var tls = mail.Choice("tls", StartTls, StartTls, Implicit) == StartTls ? MailTls.StartTls : MailTls.Implicit;
        var options = new MailOptions
        {
            Host = host,
            Port = mail.Int("port", 587, 1, 65535),
            Tls = mail.Bool("dangerous_allow_plaintext", false) ? MailTls.None : tls,
            CaFile = mail.Path("ca_file"),
            Username = mail.String("username"),
            Password = mail.Secret("password"),
            From = mail.String("from"),
            RecipientDomains = [.. mail.Strings("recipient_domains").Select(domain => domain.ToLowerInvariant())],
            PerMinute = mail.Int("per_minute", 5, 1, 60),
        };
        if (!options.IsConfigured)
        {
            if (options.From.Length > 0 || options.Username.Length > 0 || options.RecipientDomains.Count > 0)
            {
                mail.Error("host", "The other keys belong to a relay.", "Name it, or remove the section.");
            }

            return options;
        }

        if (!MailAddressText.IsAddress(options.From))
        {
            mail.Error("from", "The sender's address is required.", "Write it without a name: culvert@example.com.");
        }

        if (options.RecipientDomains.Count == 0 || !options.RecipientDomains.All(MailAddressText.IsDomain))
        {
            mail.Error(
                "recipient_domains",
                "The domains that receive mail are required.",
                "Write the domains of your people: [example.com]."
            );
        }

        if (options.Username.Length > 0 != options.Password is not null)
        {
            mail.Error("password", "A user name and a password belong together.", "Write both, or none.");
        }

        if (options is { Tls: MailTls.None, Username.Length: > 0 })
        {
            mail.Error(
                "dangerous_allow_plaintext",
                "The password would be sent in plain text.",
                "Remove username and password, or use TLS."
            );
        }

        return options;
    }
}
