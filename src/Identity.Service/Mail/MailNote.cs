namespace Culvert.Identity.Service.Mail;

/// <summary>A message of plain text to one address.</summary>
/// <param name="Id">The same at every attempt, so that a mail that arrives twice is shown once.</param>
/// <param name="To">The recipient.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The body.</param>
internal sealed record MailNote(string Id, string To, string Subject, string Text);
