namespace Culvert.Identity.Service.Mail;

internal static class MailRegistration
{
    public static IServiceCollection AddMail(this IServiceCollection services) =>
        services.AddSingleton<IMailRelay, SmtpRelay>();
}
