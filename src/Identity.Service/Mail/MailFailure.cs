namespace Culvert.Identity.Service.Mail;

/// <param name="IsFinal">The relay refuses it permanently (5xx): a retry is useless.</param>
internal sealed record MailFailure(string Reason, bool IsFinal = false);
