namespace Culvert.Identity.Service.Mail;

/// <summary>The capability's door.</summary>
internal static class MailRegistration
{
    public static IServiceCollection AddMail(this IServiceCollection services) =>
        services.AddSingleton<IMailRelay, SmtpRelay>();
}
