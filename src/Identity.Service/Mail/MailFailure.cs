namespace Culvert.Identity.Service.Mail;

/// <summary>Why the relay did not take a message.</summary>
/// <param name="Reason">One sentence for the operator.</param>
/// <param name="IsFinal">The relay refuses it permanently (5xx): another attempt changes nothing.</param>
internal sealed record MailFailure(string Reason, bool IsFinal = false);
