namespace Culvert.Identity.Service.Mail;

/// <summary>Sends mail to the relay. Tests replace it.</summary>
internal interface IMailRelay
{
    /// <summary>Null = the relay accepted it.</summary>
    Task<MailFailure?> SendAsync(MailNote note, CancellationToken cancellationToken);
}
