namespace Culvert.Identity.Service.Mail;

/// <summary>Sends mail to the relay. Tests replace it.</summary>
internal interface IMailRelay
{
    Task<MailFailure?> SendAsync(MailNote note, CancellationToken cancellationToken);
}
