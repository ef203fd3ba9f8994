namespace Culvert.Identity.Service.Mail;

/// <param name="Id">The same at every attempt, so that a duplicate is shown once.</param>
internal sealed record MailNote(string Id, string To, string Subject, string Text);
