namespace Culvert.Identity.Service.Mail;

internal enum MailTls
{
    /// <summary>STARTTLS (RFC 3207). A relay that does not offer it gets no mail.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Implicit,

    /// <summary>No TLS: <c>dangerous_allow_plaintext</c>.</summary>
    None,
}
