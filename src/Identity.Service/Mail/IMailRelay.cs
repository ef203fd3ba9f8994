namespace Culvert.Identity.Service.Mail;

/// <summary>Hands mail to the relay. A boundary: tests take the relay's place.</summary>
internal interface IMailRelay
{
    /// <summary>Null = the relay took it.</summary>
    Task<MailFailure?> SendAsync(MailNote note, CancellationToken cancellationToken);
}
